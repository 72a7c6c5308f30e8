import { App } from "aws-cdk-lib";
import { loadConfiguration, SallyportStack } from "sallyport";
import { OrdersStack } from "./orders-stack";

const app = new App();
const sallyport = new SallyportStack(app, "Sallyport", {
  configuration: loadConfiguration("sallyport.json"),
});
// The API reads the authorizer's ARN from SSM when it is deployed, so Sallyport has to be there
// first.
new OrdersStack(app, "Orders").addStackDependency(sallyport);
