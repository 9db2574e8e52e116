export { networkService } from './service.ts';
