"""What pyarrow finds in a Parquet file, as JSON: read_parquet.py FILE"""
import json
import sys

import pyarrow.parquet

file = pyarrow.parquet.ParquetFile(sys.argv[1])
table = file.read()
print(
    json.dumps(
        {
            "types": {field.name: str(field.type) for field in table.schema},
            "groups": file.num_row_groups,
            "metadata": json.loads(file.metadata.metadata[b"affect"]),
            "columns": table.to_pydict(),
        }
    )
)
