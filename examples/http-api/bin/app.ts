import { App } from "aws-cdk-lib";
import { OrdersStack } from "./orders-stack.js";

new OrdersStack(new App(), "Orders");
