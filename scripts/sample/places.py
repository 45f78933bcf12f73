"""What is invented about the place: how many homes are where, special areas, names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sample.projection import FUTIAN

__all__ = [
    "COMMUNITIES",
    "COUNTS",
    "SUBDISTRICT",
    "TOTAL_HOUSEHOLDS",
    "ZONES",
    "Zone",
    "density",
]

SUBDISTRICT = ("440304090", "福田示例街道")
"""Code and name; 440304 is Futian District, the subdistrict and its number are invented."""

TOTAL_HOUSEHOLDS = 44_000
"""What the draft is balanced on; the published figures are sums of the buildings."""
COUNTS = (15, 126, 581)
"""Communities, grids and micro-grids."""

# lon, lat, reach in m, how much denser (kernel added to the base)
_DENSE: tuple[tuple[float, float, float, float], ...] = (
    (114.0215, 22.5272, 330, 3.2),  # 下沙
    (114.0262, 22.5245, 360, 2.6),  # 上沙
    (114.0325, 22.5212, 380, 2.6),  # 沙嘴
    (114.0372, 22.5217, 330, 2.4),  # 沙尾
    (114.0365, 22.5268, 330, 2.0),  # 新洲
    (114.0013, 22.5385, 330, 1.6),  # 竹子林
    (114.0078, 22.5390, 300, 1.6),  # 紫竹
    (114.0105, 22.5417, 300, 1.8),  # 建业
    (114.0117, 22.5478, 330, 1.4),  # 农园
    (114.0160, 22.5427, 330, 1.4),  # 香林
    (114.0378, 22.5457, 360, 2.0),  # 景田
    (114.0312, 22.5463, 300, 1.0),  # 香蜜南
    (114.0265, 22.5355, 260, 1.0),  # 泰然一路
)
# lon, lat, reach in m, share of homes taken away at the centre
_SPARSE: tuple[tuple[float, float, float, float], ...] = (
    (114.0345, 22.5357, 640, 0.97),  # golf course
    (114.0176, 22.5470, 360, 0.95),  # 香蜜公园
    (114.0255, 22.5435, 420, 0.85),  # 香蜜湖
    (114.0083, 22.5322, 450, 0.93),  # depot
    (114.0113, 22.5362, 300, 0.80),  # interchange
    (114.0200, 22.5352, 380, 0.55),  # 泰然 industrial area
    (114.0143, 22.5350, 250, 0.60),
    (114.0065, 22.5437, 240, 0.50),  # hillside
)


@dataclass(frozen=True)
class Zone:
    """An area with a dedicated grid: short name, use, households and rough corners."""

    name: str
    use: str
    households: int
    corners: tuple[tuple[float, float], ...]


ZONES: tuple[Zone, ...] = (
    Zone("高尔夫球场", "park", 18,
         ((114.0293, 22.5403), (114.0302, 22.5318), (114.0386, 22.5318), (114.0396, 22.5410))),
    Zone("香蜜公园", "park", 6,
         ((114.0138, 22.5504), (114.0171, 22.5437), (114.0224, 22.5449), (114.0190, 22.5506))),
    Zone("香蜜湖度假村", "park", 46,
         ((114.0220, 22.5455), (114.0230, 22.5418), (114.0294, 22.5427), (114.0286, 22.5467))),
    Zone("竹子林车辆段", "depot", 12,
         ((114.0028, 22.5331), (114.0044, 22.5296), (114.0124, 22.5300), (114.0120, 22.5344),
          (114.0062, 22.5342))),
    Zone("福田交通枢纽", "station", 24,
         ((114.0096, 22.5372), (114.0094, 22.5345), (114.0122, 22.5345), (114.0137, 22.5371))),
    Zone("泰然科技园", "industry", 120,
         ((114.0193, 22.5360), (114.0221, 22.5366), (114.0226, 22.5329), (114.0200, 22.5324))),
    Zone("科技广场", "industry", 95,
         ((114.0247, 22.5394), (114.0252, 22.5367), (114.0281, 22.5372), (114.0277, 22.5400))),
    Zone("下沙文化广场", "plaza", 40,
         ((114.0213, 22.5278), (114.0222, 22.5265), (114.0231, 22.5271), (114.0222, 22.5284))),
    Zone("沙嘴市场", "market", 150,
         ((114.0311, 22.5212), (114.0320, 22.5199), (114.0332, 22.5208), (114.0323, 22.5221))),
    Zone("金地工业区", "industry", 110,
         ((114.0346, 22.5190), (114.0360, 22.5169), (114.0380, 22.5182), (114.0367, 22.5203))),
    Zone("新洲学校", "campus", 30,
         ((114.0361, 22.5300), (114.0364, 22.5283), (114.0380, 22.5284), (114.0381, 22.5301))),
    Zone("景田体育中心", "plaza", 35,
         ((114.0353, 22.5452), (114.0355, 22.5437), (114.0372, 22.5437), (114.0371, 22.5452))),
)  # fmt: skip

# the anchor of each community's name; the nearest free community takes it
COMMUNITIES: tuple[tuple[str, float, float], ...] = (
    ("竹子林", 114.0018, 22.5388),
    ("紫竹", 114.0075, 22.5385),
    ("建业", 114.0105, 22.5420),
    ("农园", 114.0105, 22.5475),
    ("香梅", 114.0165, 22.5480),
    ("香林", 114.0155, 22.5420),
    ("东海", 114.0205, 22.5412),
    ("泰然", 114.0215, 22.5355),
    ("车公庙", 114.0150, 22.5340),
    ("天安", 114.0265, 22.5370),
    ("香蜜湖", 114.0260, 22.5435),
    ("香蜜南", 114.0315, 22.5460),
    ("景田", 114.0380, 22.5460),
    ("侨香", 114.0385, 22.5425),
    ("下沙", 114.0205, 22.5270),
    ("上沙", 114.0262, 22.5247),
    ("椰树", 114.0290, 22.5285),
    ("沙嘴", 114.0325, 22.5212),
    ("沙尾", 114.0373, 22.5217),
    ("金地", 114.0360, 22.5190),
    ("新洲", 114.0365, 22.5270),
    ("福荣", 114.0245, 22.5232),
    ("益田", 114.0345, 22.5300),
    ("红树林", 114.0075, 22.5330),
)


def density(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return relative households per m² at points (n, 2) in metres; 1 is ordinary."""
    value = np.full(len(xy), 1.0)
    for lon, lat, reach, more in _DENSE:
        value += more * _kernel(xy, lon, lat, reach)
    for lon, lat, reach, share in _SPARSE:
        value *= 1 - share * _kernel(xy, lon, lat, reach)
    return np.round(value, 4)


def _kernel(
    xy: npt.NDArray[np.float64], lon: float, lat: float, reach: float
) -> npt.NDArray[np.float64]:
    """Return 1 at a place, falling to a quarter at `reach` metres."""
    centre = FUTIAN.to_metres(np.array([[lon, lat]]))[0]
    squared = ((xy - centre) ** 2).sum(axis=1) / reach**2
    return np.asarray(1 / (1 + squared) ** 2)
