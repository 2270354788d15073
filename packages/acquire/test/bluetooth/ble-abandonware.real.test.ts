import { bleSuite } from './ble-suite.ts';

bleSuite('abandonware');
