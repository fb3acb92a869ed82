"""Cities a person may name when checking a code: name, province, rough position (pure).

Positions are centres to a tenth of a degree: good enough for "more than 300 km apart", for nothing finer.
A person names the city; nothing is taken from addresses or devices.
"""

from __future__ import annotations

import math
import unicodedata

# province: city latitude longitude; city ...
_TABLE = """
北京:北京 39.9 116.4
天津:天津 39.1 117.2
上海:上海 31.2 121.5
重庆:重庆 29.6 106.5;万州 30.8 108.4;涪陵 29.7 107.4
河北:石家庄 38.0 114.5;唐山 39.6 118.2;秦皇岛 39.9 119.6;邯郸 36.6 114.5;邢台 37.1 114.5;保定 38.9 115.5;张家口 40.8 114.9;承德 41.0 117.9;沧州 38.3 116.8;廊坊 39.5 116.7;衡水 37.7 115.7
山西:太原 37.9 112.6;大同 40.1 113.3;阳泉 37.9 113.6;长治 36.2 113.1;晋城 35.5 112.9;朔州 39.3 112.4;晋中 37.7 112.8;运城 35.0 111.0;忻州 38.4 112.7;临汾 36.1 111.5;吕梁 37.5 111.1
内蒙古:呼和浩特 40.8 111.7;包头 40.7 109.8;赤峰 42.3 118.9;鄂尔多斯 39.6 109.8;呼伦贝尔 49.2 119.8;通辽 43.6 122.3;乌兰察布 41.0 113.1
辽宁:沈阳 41.8 123.4;大连 38.9 121.6;鞍山 41.1 123.0;锦州 41.1 121.1;丹东 40.1 124.4;营口 40.7 122.2
吉林:长春 43.9 125.3;吉林 43.8 126.6;四平 43.2 124.4;通化 41.7 125.9
黑龙江:哈尔滨 45.8 126.5;齐齐哈尔 47.4 123.9;牡丹江 44.6 129.6;佳木斯 46.8 130.3;大庆 46.6 125.1
江苏:南京 32.1 118.8;无锡 31.5 120.3;徐州 34.3 117.2;常州 31.8 120.0;苏州 31.3 120.6;南通 32.0 120.9;连云港 34.6 119.2;淮安 33.6 119.0;盐城 33.4 120.2;扬州 32.4 119.4;镇江 32.2 119.4;泰州 32.5 119.9;宿迁 34.0 118.3
浙江:杭州 30.3 120.2;宁波 29.9 121.5;温州 28.0 120.7;嘉兴 30.7 120.8;湖州 30.9 120.1;绍兴 30.0 120.6;金华 29.1 119.6;衢州 29.0 118.9;台州 28.7 121.4;丽水 28.5 119.9;舟山 30.0 122.2
安徽:合肥 31.8 117.2;芜湖 31.4 118.4;蚌埠 32.9 117.4;阜阳 32.9 115.8;安庆 30.5 117.1;黄山 29.7 118.3
福建:福州 26.1 119.3;厦门 24.5 118.1;泉州 24.9 118.7;漳州 24.5 117.6;莆田 25.4 119.0;南平 26.6 118.2;龙岩 25.1 117.0;宁德 26.7 119.5
江西:南昌 28.7 115.9;九江 29.7 116.0;赣州 25.8 114.9;上饶 28.5 117.9;宜春 27.8 114.4;景德镇 29.3 117.2
山东:济南 36.7 117.0;青岛 36.1 120.4;淄博 36.8 118.1;烟台 37.5 121.4;潍坊 36.7 119.2;济宁 35.4 116.6;泰安 36.2 117.1;威海 37.5 122.1;日照 35.4 119.5;临沂 35.1 118.4;德州 37.4 116.4;聊城 36.5 116.0;菏泽 35.2 115.5;东营 37.4 118.7
河南:郑州 34.8 113.6;开封 34.8 114.3;洛阳 34.6 112.5;安阳 36.1 114.4;新乡 35.3 113.9;焦作 35.2 113.2;许昌 34.0 113.9;三门峡 34.8 111.2;南阳 33.0 112.5;商丘 34.4 115.7;信阳 32.1 114.1;周口 33.6 114.7;驻马店 33.0 114.0
湖北:武汉 30.6 114.3;黄石 30.2 115.0;宜昌 30.7 111.3;襄阳 32.0 112.1;荆州 30.3 112.2;十堰 32.6 110.8;恩施 30.3 109.5
湖南:长沙 28.2 112.9;株洲 27.8 113.1;湘潭 27.8 112.9;衡阳 26.9 112.6;岳阳 29.4 113.1;常德 29.0 111.7;怀化 27.6 110.0;郴州 25.8 113.0;张家界 29.1 110.5
广东:广州 23.1 113.3;深圳 22.5 114.1;珠海 22.3 113.6;汕头 23.4 116.7;佛山 23.0 113.1;韶关 24.8 113.6;湛江 21.3 110.4;惠州 23.1 114.4;东莞 23.0 113.7;中山 22.5 113.4;江门 22.6 113.1;茂名 21.7 110.9;梅州 24.3 116.1
广西:南宁 22.8 108.4;柳州 24.3 109.4;桂林 25.3 110.3;梧州 23.5 111.3;北海 21.5 109.1;玉林 22.6 110.2
海南:海口 20.0 110.3;三亚 18.3 109.5
四川:成都 30.6 104.1;绵阳 31.5 104.7;德阳 31.1 104.4;宜宾 28.8 104.6;南充 30.8 106.1;乐山 29.6 103.8;泸州 28.9 105.4;攀枝花 26.6 101.7;西昌 27.9 102.3
贵州:贵阳 26.6 106.7;遵义 27.7 106.9;六盘水 26.6 104.8;安顺 26.2 105.9;毕节 27.3 105.3
云南:昆明 25.0 102.7;大理 25.6 100.2;丽江 26.9 100.2;曲靖 25.5 103.8;玉溪 24.4 102.5
西藏:拉萨 29.7 91.1;日喀则 29.3 88.9
陕西:西安 34.3 108.9;宝鸡 34.4 107.2;咸阳 34.3 108.7;渭南 34.5 109.5;延安 36.6 109.5;汉中 33.1 107.0;榆林 38.3 109.7;安康 32.7 109.0
甘肃:兰州 36.1 103.8;天水 34.6 105.7;酒泉 39.7 98.5;庆阳 35.7 107.6;平凉 35.5 106.7
青海:西宁 36.6 101.8;格尔木 36.4 94.9
宁夏:银川 38.5 106.2;固原 36.0 106.2
新疆:乌鲁木齐 43.8 87.6;喀什 39.5 76.0;伊宁 43.9 81.3;哈密 42.8 93.5;库尔勒 41.7 86.1;阿克苏 41.2 80.3
香港:香港 22.3 114.2
澳门:澳门 22.2 113.5
台湾:台北 25.0 121.5;高雄 22.6 120.3;台中 24.1 120.7
"""
_SUFFIXES = ("特别行政区", "地区", "市", "省")


def _read() -> tuple[dict[str, tuple[float, float]], dict[str, str]]:
    places, provinces = {}, {}
    for line in _TABLE.strip().splitlines():
        province, _, cities = line.partition(":")
        for city in cities.split(";"):
            name, latitude, longitude = city.split()
            places[name], provinces[name] = (float(latitude), float(longitude)), province
    return places, provinces


_PLACES, _PROVINCES = _read()
PROVINCES = tuple(dict.fromkeys(_PROVINCES.values()))
CITIES = tuple(_PLACES)


def city_of(typed: str) -> str:
    """The listed city a person typed (太原, 太原市, 山西太原), or '' where it is none of them."""
    text = "".join(unicodedata.normalize("NFKC", typed).split())[:20]
    for candidate in (text, *(text.removesuffix(suffix) for suffix in _SUFFIXES)):
        if candidate in _PLACES:
            return candidate
        for province in PROVINCES:
            for prefix in (province + "省", province + "市", province):
                rest = candidate.removeprefix(prefix)
                if rest != candidate and rest in _PLACES and _PROVINCES[rest] == province:
                    return rest
    return ""


def province_of(city: str) -> str:
    """The province of a listed city, or ''."""
    return _PROVINCES.get(city, "")


def distance_km(one: str, other: str) -> float | None:
    """The distance of two listed cities along the great circle, or None where one is not listed."""
    if one not in _PLACES or other not in _PLACES:
        return None
    (lat_a, lon_a), (lat_b, lon_b) = _PLACES[one], _PLACES[other]
    a, b = math.radians(lat_a), math.radians(lat_b)
    chord = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(chord))
