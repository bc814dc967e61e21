/** Where everything is deployed. Mumbai: the source documents' users and payment gateways are in India. */
export const REGION = 'asia-south1';
