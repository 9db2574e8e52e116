import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadLanguage } from './text/index.tsx';
import { startTheme } from './theme/theme.ts';
import './theme/theme.css';

startTheme();
const root = document.querySelector('#root');
if (root !== null) createRoot(root).render(<App language={await loadLanguage()} />);
