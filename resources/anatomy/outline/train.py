"""Train the outline network.

usage: python resources/anatomy/outline/train.py SAMPLES OUT.pt --minutes 28 [--hold-out 38,36]
       [--start weights.pt]

`--hold-out` names labels of the thorax CT that teach nothing, neither as the vertebra asked for
nor as a neighbour of another: the figures that count come from these levels.
"""

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch
from augment import Drawn, Sample, draw, load
from torch.nn import functional
from unet import OutlineNet

LEARNING_RATE, WEIGHT_DECAY, WARM_UP_STEPS = 2e-3, 1e-3, 30
MEMORY = 0.985
"""The weights kept are a running mean of those learnt."""
OTHER_WEIGHT, THORAX_SHARE, NEAR_WEIGHT = 0.3, 0.6, 4.0
REPORT_STEPS = 25
Groups = list[list[Sample]]


def loss_of(said: torch.Tensor, drawn: Drawn) -> torch.Tensor:
    """Return cross entropy over both outputs and the Dice loss of this vertebra's."""
    entropy = functional.binary_cross_entropy_with_logits(said, drawn.wanted, reduction="none")
    near = 1.0 + NEAR_WEIGHT * (drawn.wanted[:, :1] > 0.02).float()
    own = (entropy[:, :1] * drawn.weight[:, :1] * near).mean()
    other = (entropy[:, 1:] * drawn.weight[:, 1:]).mean()
    share = torch.sigmoid(said[:, :1]) * drawn.weight[:, :1]
    wanted = drawn.wanted[:, :1] * drawn.weight[:, :1]
    dice = 1.0 - (2.0 * (share * wanted).sum() + 1.0) / (share.sum() + wanted.sum() + 1.0)
    return 2.0 * own + dice + OTHER_WEIGHT * other


def grouped(folder: Path, held_out: set[int]) -> tuple[Groups, Groups]:
    """Return the samples of the thorax CT by level, and those of model spines by vertebra."""
    thorax: dict[str, list[Sample]] = {}
    spine: dict[str, list[Sample]] = {}
    for path in sorted(folder.glob("*.npz")):
        kind, name, _ = path.stem.split("_")
        if kind != "thorax":
            spine.setdefault(kind + name, []).append(load(path, set()))
        elif int(name) not in held_out:
            thorax.setdefault(name, []).append(load(path, held_out))
    return list(thorax.values()), list(spine.values())


def picked(groups: tuple[Groups, Groups], spread: np.random.Generator) -> Sample:
    """Return a sample, levels of one kind being equally likely."""
    group = groups[0] if spread.random() < THORAX_SHARE else groups[1]
    level = group[spread.integers(len(group))]
    return level[spread.integers(len(level))]


def train(
    net: OutlineNet, groups: tuple[Groups, Groups], minutes: float, out: Path, seed: int
) -> None:
    """Train a network and write the running mean of its weights now and then, and at the end."""
    spread = np.random.default_rng(seed)
    kept = copy.deepcopy(net)
    best = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    begun, losses = time.monotonic(), [0.0]
    while (share := (time.monotonic() - begun) / (60.0 * minutes)) < 1.0:
        step = len(losses)
        falling = 0.5 * (1.0 + math.cos(math.pi * share))
        best.param_groups[0]["lr"] = LEARNING_RATE * min(1.0, step / WARM_UP_STEPS) * falling
        drawn = draw(picked(groups, spread), spread)
        with torch.autocast("cpu", torch.bfloat16):
            said = net(drawn.seen)
        loss = loss_of(said.float(), drawn)
        best.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        best.step()
        memory = min(MEMORY, step / (step + 9))
        with torch.no_grad():
            for old, new in zip(kept.parameters(), net.parameters(), strict=True):
                old.lerp_(new, 1.0 - memory)
        losses.append(float(loss.detach()))
        if step % REPORT_STEPS == 0:
            print(step, f"{share:.2f}", f"{np.mean(losses[-REPORT_STEPS:]):.4f}", flush=True)
            torch.save(kept.state_dict(), out)
    torch.save(kept.state_dict(), out)


def main() -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=28.0)
    parser.add_argument("--hold-out", default="")
    parser.add_argument("--start", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    wish = parser.parse_args()
    torch.set_num_threads(wish.threads)
    torch.manual_seed(wish.seed)
    net = OutlineNet()
    if wish.start:
        net.load_state_dict(torch.load(wish.start))
    held_out = {int(n) for n in wish.hold_out.split(",") if n}
    train(net, grouped(wish.samples, held_out), wish.minutes, wish.out, wish.seed)


if __name__ == "__main__":
    main()
