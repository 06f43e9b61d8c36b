import { Router } from "express";
import { pool } from "../db.js";

export const orders = Router();

orders.post("/orders", async (req, res, next) => {
  try {
    const { rows } = await pool.query(
      "INSERT INTO orders (customer_id, total) VALUES ($1, $2) RETURNING id",
      [req.body.customerId, req.body.total],
    );
    res.status(201).json(rows[0]);
  } catch (error) {
    next(error);
  }
});
