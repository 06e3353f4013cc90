import * as fc from 'fast-check';
import { runs } from '../fuzz.ts';

// A property that does not say how often it is tried.
fc.configureGlobal(runs(30));
