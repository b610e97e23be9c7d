export const notAllowedWords = 'Scheduled runs may not hold filesystems still until that is allowed once.';
