import json
from pathlib import Path

from wind.units import knots

station = json.loads(Path(__file__).with_name("station.json").read_text())
print(f"{knots(station['speed'])} knots at {station['name']}")
