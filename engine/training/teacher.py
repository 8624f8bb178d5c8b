"""Features of a pretrained network, computed once and kept in a file."""

import hashlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import UsageError
from engine.progress import Progress, Reporter
from engine.training.augment import Augmenter
from engine.training.checkpoint import write_whole
from engine.training.photo_set import PhotoSet
from engine.training.python_file import call_in_file


def load_teacher(module_file: Path) -> nn.Module:
    """Imports a Python file that the person named and calls its `load_teacher()`.

    The returned module takes float32 (B, 3, S, S) in [-1, 1] and returns features, or (features, logits).

    Raises:
        UsageError: The file is missing, fails, or has no `load_teacher` that returns a network.
    """
    teacher = call_in_file(module_file, "load_teacher")
    if not isinstance(teacher, nn.Module):
        raise UsageError(f"load_teacher() in {module_file} returns no torch.nn.Module.", "Mend the file.")
    return teacher.eval()


def try_teacher(teacher: nn.Module, module_file: Path, side: int) -> None:
    """Shows noise to a teacher, before a thousand photos are read for it.

    Raises:
        UsageError: It fails, or does not give one row of features a photo, which tell photos apart.
    """
    shapes = []
    try:
        for count in (2, 3):
            noise = torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(count)) * 2 - 1
            with torch.inference_mode():
                found = teacher(noise)
            features = found[0] if isinstance(found, tuple) else found
            shapes.append((len(features) - count, *features.shape[1:]))
            tells_apart = bool(features.isfinite().all() and (features != features[:1]).any())
    except Exception as error:  # whatever a person's own code raises
        raise UsageError(
            f"{module_file} failed: {type(error).__name__}: {error}.", "Mend the file."
        ) from error
    if shapes[0] != shapes[1] or shapes[0][0] or len(shapes[0]) != 2 or not tells_apart:
        raise UsageError(
            f"The teacher in {module_file} does not give each photo features of its own.",
            "It takes float32 (B, 3, S, S) and returns float32 (B, D), or a tuple that begins with that.",
        )


def compute_features(
    teacher: nn.Module, photos: Tensor, side: int, report: Reporter, *, crops: int = 0, seed: int = 0
) -> Tensor:
    """Features of whole photos and of crops.

    Args:
        teacher: See `load_teacher`.
        photos: uint8 (N, S, S, 3).
        side: Photos and crops are brought to side x side pixels first.
        report: Hears of progress.
        crops: How many augmented crops of each photo are looked at beside the whole.
        seed: Of the crops.

    Returns:
        float16 (N, 1 + crops, D), the whole photo first.
    """
    run = runner(teacher, torch.zeros(2, 3, side, side))
    augment, generator = Augmenter(side), torch.Generator().manual_seed(seed)
    parts = []
    for start in range(0, len(photos), 64):
        chosen = photos[start : start + 64]
        whole = nn.functional.interpolate(
            chosen.permute(0, 3, 1, 2).float(), (side, side), mode="bilinear", antialias=True
        )
        drawn = (augment.draw(len(chosen), generator) for _ in range(crops))
        views = [whole, *(augment.apply(chosen, views) for views in drawn)]
        parts.append(torch.stack([run(view / 127.5 - 1)[0].half() for view in views], dim=1))
        report(Progress("teacher", start + len(chosen), len(photos)))
    return torch.cat(parts)


def runner(
    network: nn.Module, example: Tensor, *, bf16: bool = False, fixed: bool = False
) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """A frozen network where it runs fastest: on a GPU; without one by OpenVINO where that is installed.

    Args:
        network: In eval mode; is moved to the GPU.
        example: A batch of two inputs, or of as many as all batches have.
        bf16: Whether products may be rounded to bfloat16.
        fixed: Whether all batches are as large as the example.

    Returns:
        Takes tensors like the example and returns the network's outputs, float32, where the inputs lie.
    """
    on_gpu = torch.cuda.is_available()
    if not on_gpu and find_spec("openvino"):
        from engine.training.conversion import compiled

        run_fast = compiled(network, example, bf16=bf16, fixed=fixed)
        return lambda inputs: tuple(part.to(inputs.device) for part in run_fast(inputs.cpu()))
    device = torch.device("cuda" if on_gpu else "cpu")
    network.to(device)

    def run(inputs: Tensor) -> tuple[Tensor, ...]:
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            found = network(inputs.to(device))
        parts = found if isinstance(found, tuple) else (found,)
        return tuple(part.float().to(inputs.device) for part in parts)

    return run


def cached_features(
    cache: Path,
    module_file: Path,
    data: PhotoSet,
    *,
    side: int,
    report: Reporter,
    crops: int = 0,
    seed: int = 0,
) -> Tensor:
    """Features from the cache when it was made from the same photos, otherwise computed and cached.

    Args:
        cache: A .safetensors file; written when it does not fit.
        module_file: See `load_teacher`.
        data: Photos.
        side: See `compute_features`.
        report: Hears of progress.
        crops: See `compute_features`.
        seed: See `compute_features`.

    Returns:
        float16 (N, 1 + crops, D).

    Raises:
        UsageError: The teacher fails, or gives no features of photos.
    """
    teacher = load_teacher(module_file)
    try_teacher(teacher, module_file, side)
    fingerprint = fingerprint_of(module_file, teacher, data, f"{side} {crops} {seed}")
    try:
        stored = load_file(cache)
        if torch.equal(stored["photos"], fingerprint):
            return stored["features"]
    except (OSError, KeyError, SafetensorError):
        pass  # there is none, or it is another file: it is made now
    features = compute_features(teacher, data.photos, side, report, crops=crops, seed=seed)
    if not features.isfinite().all():
        raise UsageError(
            f"The teacher in {module_file} gives features that are no numbers.", "Mend the file."
        )
    write_whole(cache, lambda draft: save_file({"features": features, "photos": fingerprint}, draft))
    return features


def fingerprint_of(module_file: Path, teacher: nn.Module, data: PhotoSet, views: str) -> Tensor:
    """What the features depend on: the teacher, which photos, and how it sees them; uint8 (32,).

    A teacher is known again by its file, which may lie elsewhere now, and by the weights that this reads.
    """
    program = hashlib.blake2b(module_file.read_bytes()).hexdigest()
    state = teacher.state_dict()
    sums = [f"{name} {tuple(w.shape)} {w.double().sum().item()!r}" for name, w in state.items()]
    text = "\n".join([f"{views} {data.photos.shape[1]} {program}", *sums, *data.names])
    return torch.tensor(list(hashlib.blake2b(text.encode(), digest_size=32).digest()), dtype=torch.uint8)
