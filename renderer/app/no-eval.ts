import { config } from 'zod';

/** The window's content security policy forbids eval, which zod would try out. Imported before any schema is made. */
config({ jitless: true });
