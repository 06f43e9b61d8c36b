const apiKey = process.env.API_KEY ?? "c0c6¦83bd¦cc85¦158c¦1986¦46a1¦6b5e¦210f";
