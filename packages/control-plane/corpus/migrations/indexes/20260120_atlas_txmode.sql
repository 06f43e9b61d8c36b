-- atlas:txmode none

-- Create index "payments_created_idx" to table: "payments"
CREATE INDEX CONCURRENTLY "payments_created_idx" ON "payments" ("created_at");
