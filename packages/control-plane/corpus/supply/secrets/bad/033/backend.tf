token = "kCHAsw6¦EEZSj1x¦.atlasv¦1.ib7Xz¦jNhLBc5¦BLpwfxB¦vqhaOFY¦ZJkgDds¦lik1Un6¦xpKZgf1¦eTRxiiT¦NBsVEJ8¦iZwZEs"
