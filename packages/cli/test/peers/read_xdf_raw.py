"""What pyxdf reads in XDF files, as JSON on stdout: for each file its streams with times and values as base64 of float64, texts as they are.

Run by record-killed.real.test.ts with the pinned packages of packages/acquire/test/peers/requirements.txt.
"""

import base64
import json
import logging
import sys

import numpy
import pyxdf

logging.disable(logging.CRITICAL)


def packed(array):
    return base64.b64encode(numpy.ascontiguousarray(array, dtype="<f8").tobytes()).decode()


files = []
for path in sys.argv[1:]:
    streams, _ = pyxdf.load_xdf(path, synchronize_clocks=False, dejitter_timestamps=False)
    files.append(
        [
            {
                "id": stream["info"]["stream_id"],
                "name": stream["info"]["name"][0],
                "times": packed(stream["time_stamps"]),
                **(
                    {"texts": [list(row) for row in stream["time_series"]]}
                    if stream["info"]["channel_format"][0] == "string"
                    else {"values": packed(stream["time_series"])}
                ),
            }
            for stream in streams
        ]
    )
json.dump(files, sys.stdout)
