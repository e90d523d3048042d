import { fuzz } from './fuzzing.ts';

fuzz('mysql');
