SET lock_timeout = '2s';
ALTER TABLE logs_2025 ADD CONSTRAINT logs_2025_bounds
  CHECK (at >= '2025-01-01' AND at < '2026-01-01') NOT VALID;
