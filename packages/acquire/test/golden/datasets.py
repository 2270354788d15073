"""Small files of NumPy and SciPy, and the numbers in them, for the tests of the corpus readers.

    numpy 1.26.4, scipy 1.11.4, Python 3.11   python datasets.py
    numpy 2.4.6,  scipy 1.17.1, Python 3.11   python datasets.py

The two spell the modules of their pickles differently. Values: x[i] = sin(i + 1) * 100, so that a test can compute them again.
"""

import pathlib
import pickle

import numpy as np
import scipy.io

HERE = pathlib.Path(__file__).parent
spelling = "numpy1" if np.__version__.startswith("1.") else "numpy2"


def wave(*shape, dtype="f8"):
    n = int(np.prod(shape))
    return (np.sin(np.arange(n) + 1.0) * 100).astype(dtype).reshape(shape)


content = {
    "subject": "S2",
    "count": 3,
    "big": 2**40,
    "ratio": np.float64(0.25),
    "nothing": None,
    "yes": True,
    "list": [1, 2.5, "x"],
    "pair": (1, "two"),
    "float64": wave(40, 3),
    "float32": wave(5, dtype="f4"),
    "column_major": np.asfortranarray(wave(6, 4)),
    "big_endian": wave(7, dtype=">f8"),
    "int8": wave(9, dtype="i1"),
    "int16": wave(9, dtype="i2"),
    "int32": wave(9, dtype="i4"),
    "int64": wave(9, dtype="i8"),
    "uint8": np.arange(9, dtype="u1"),
    "bool": np.array([True, False, True]),
    "empty": np.zeros((0, 3)),
    0: wave(2, 5),
}
for protocol in (0, 2, 4, 5):
    (HERE / f"datasets_{spelling}_protocol{protocol}.pkl").write_bytes(pickle.dumps(content, protocol))

if spelling == "numpy2":
    np.savez(HERE / "datasets_stored.npz", a=wave(4, 3), b=wave(6, dtype="i4"), c=np.asfortranarray(wave(3, 2)), d=np.bytes_(b"abc.def"))
    np.savez_compressed(HERE / "datasets_deflated.npz", a=wave(4, 3), b=wave(6, dtype="i4"), c=np.asfortranarray(wave(3, 2)), d=np.bytes_(b"abc.def"))
    cell = np.empty((1, 3), dtype=object)
    cell[0, 0], cell[0, 1], cell[0, 2] = wave(2, 3), "text", {"deep": wave(3, 1)}
    variables = {
        "plain": wave(3, 4),
        "cube": wave(2, 3, 4),
        "small": np.array([[7]], dtype="i1"),
        "pair16": np.array([[1, -2]], dtype="i2"),
        "single": wave(3, 2, dtype="f4"),
        "label": np.array([[1, 0, -1]]),
        "text": "hello",
        "unicode": "µV",
        "nested": {"age": 22.0, "EEG": {"stimuli": cell}},
        "empty": np.zeros((0, 0)),
    }
    scipy.io.savemat(HERE / "datasets_plain.mat", variables)
    scipy.io.savemat(HERE / "datasets_packed.mat", variables, do_compression=True)
    for name in ("datasets_plain.mat", "datasets_packed.mat"):  # SciPy writes the hour into the header's free text
        path = HERE / name
        path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(116) + path.read_bytes()[116:])
