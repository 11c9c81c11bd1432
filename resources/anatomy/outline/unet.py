"""The outline network: a small U-Net over a box around one vertebra."""

import itertools

import torch
from torch import nn

CHANNELS = (8, 16, 32, 64)
INPUTS, OUTPUTS = 3, 2


def _block(inputs: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for first in (inputs, outputs):
        layers += [
            nn.Conv3d(first, outputs, 3, padding=1, bias=False),
            nn.InstanceNorm3d(outputs, affine=True),
            nn.LeakyReLU(0.01),
        ]
    return nn.Sequential(*layers)


class OutlineNet(nn.Module):
    """HU, body and canal in; log odds of this vertebra's and of other bone out."""

    def __init__(self) -> None:
        super().__init__()
        above = (INPUTS, *CHANNELS[:-1])
        self.down = nn.ModuleList(_block(a, b) for a, b in zip(above, CHANNELS, strict=True))
        steps = list(itertools.pairwise(CHANNELS))
        self.raise_ = nn.ModuleList(nn.ConvTranspose3d(b, a, 2, 2) for a, b in steps)
        self.up = nn.ModuleList(_block(2 * a, a) for a in CHANNELS[:-1])
        self.last = nn.Conv3d(CHANNELS[0], OUTPUTS, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return log odds, shape (n, 2, w, v, u), of input of shape (n, 3, w, v, u)."""
        kept = []
        for depth, block in enumerate(self.down):
            x = block(x)
            if depth < len(self.down) - 1:
                kept.append(x)
                x = nn.functional.max_pool3d(x, 2)
        for depth in reversed(range(len(kept))):
            x = self.up[depth](torch.cat([self.raise_[depth](x), kept[depth]], dim=1))
        return self.last(x)
