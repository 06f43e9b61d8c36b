import { Router } from "express";
import * as projects from "./projects.js";

export const projectsRouter = Router();
projectsRouter.get("/:id", projects.get);
projectsRouter.put("/:id", projects.update);
projectsRouter.delete("/:id", projects.remove);
