"""Write trained weights as the ONNX file that the program runs.

usage: python resources/anatomy/outline/export.py weights.pt resources/anatomy/outline.onnx
"""

import sys
from pathlib import Path

import torch
from unet import INPUTS, OutlineNet

from planner.anatomy.outline_box import BOX_SHAPE_WVU


class Shares(torch.nn.Module):
    """The network, saying shares from 0 to 1 instead of log odds."""

    def __init__(self, net: OutlineNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """Return shares of this vertebra's and of other bone."""
        return torch.sigmoid(self.net(seen))


def export(weights: Path, out: Path) -> None:
    """Write one file for the other."""
    net = OutlineNet()
    net.load_state_dict(torch.load(weights))
    seen = torch.zeros(1, INPUTS, *BOX_SHAPE_WVU)
    torch.onnx.export(
        Shares(net).eval(),
        (seen,),
        out,
        input_names=["seen"],
        output_names=["shares"],
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
