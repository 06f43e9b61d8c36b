redis.from_url('rediss://:p8Zr¦2Lxq¦T0vN@cache.shop.internal:6380/0')
