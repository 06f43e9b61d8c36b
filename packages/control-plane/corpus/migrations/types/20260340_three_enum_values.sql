ALTER TYPE shipping_method ADD VALUE 'drone';
ALTER TYPE shipping_method ADD VALUE IF NOT EXISTS 'locker' BEFORE 'post';
ALTER TYPE shipping_method ADD VALUE 'store';
