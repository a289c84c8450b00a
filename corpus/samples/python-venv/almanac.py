import sys
from pathlib import Path

import yaml

days = yaml.safe_load(Path(__file__).with_name("days.yaml").read_text())
print(f"{len(days)} days, first {days[0]['name']}, from {sys.prefix}")
