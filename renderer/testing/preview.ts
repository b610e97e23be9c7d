import './install.ts';
import '../app/main.tsx';
