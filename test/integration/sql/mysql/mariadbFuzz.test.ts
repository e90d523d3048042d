import { fuzz } from './fuzzing.ts';

fuzz('mariadb');
