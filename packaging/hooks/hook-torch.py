"""Takes what running and training a network needs of torch, in place of the whole package."""

from pathlib import Path

from bundle import TORCH_WITH_SOURCE
from PyInstaller import compat
from PyInstaller.utils.hooks import collect_submodules, get_package_paths, logger

_TORCH = Path(get_package_paths("torch")[1])

# Imported by a name put together at run time, when an optimizer is first made.
hiddenimports = [
    *collect_submodules("torch._dynamo.polyfills"),
    "torch._dynamo",
    "torch._export",
    "torch._inductor",
    "torch.onnx",
]
# Some modules read their own source when they are imported.
module_collection_mode = dict.fromkeys(TORCH_WITH_SOURCE, "py")

# Loaded by path, so that no import and no linker names them; what is not needed `bundle` leaves out again.
binaries = [
    (str(file), "torch/lib")
    for pattern in ("*.so*", "*.dylib", "*.dll")
    for file in sorted((_TORCH / "lib").glob(pattern))
]
datas = []
if (_TORCH / "bin" / "torch_shm_manager").is_file():  # torch does not start without it, though nothing here runs it
    binaries.append((str(_TORCH / "bin" / "torch_shm_manager"), "torch/bin"))

# Links beside the programs make libraries look in the wrong folder for those that they load by name.
bindepend_symlink_suppression = ["**/torch/lib/*.so*", "**/nvidia/*/lib/*.so*"]

if compat.is_linux:
    from importlib.metadata import requires

    from _pyinstaller_hooks_contrib.utils import nvidia_cuda
    from packaging.requirements import Requirement

    needed = [Requirement(text) for text in requires("torch") or []]
    names = [need.name for need in needed if need.marker is None or need.marker.evaluate({"extra": ""})]
    cuda = nvidia_cuda.infer_hiddenimports_from_requirements(names)
    logger.info("CUDA packages: %s", cuda)
    hiddenimports += cuda
    # Of CUDA itself, which has no hook, what libraries need is found by the linker; this one is loaded by name.
    builtins = sorted(_TORCH.parent.glob("nvidia/*/lib/libnvrtc-builtins.so*"))
    binaries += [(str(file), file.parent.relative_to(_TORCH.parent).as_posix()) for file in builtins]
