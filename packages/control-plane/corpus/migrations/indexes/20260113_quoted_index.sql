-- CreateIndex
CREATE INDEX "Customer_emailAddress_idx" ON "Customer"("emailAddress");
