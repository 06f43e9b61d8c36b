# FROM node
