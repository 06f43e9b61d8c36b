const pool = new Pool("postgresql://app:Wq81¦!mzT@10.0.3.14/app");
