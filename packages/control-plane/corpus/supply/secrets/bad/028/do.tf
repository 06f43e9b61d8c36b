token = "dop_v1_¦1a68a62¦c33cf05¦6c7bab8¦184e4cc¦b9562ad¦859b815¦67bc00a¦01dbd0f¦25005fe¦f"
