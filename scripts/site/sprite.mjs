// Puts the icons into public/ (not committed), from where `cargo leptos watch` serves them; build-site.sh makes its own.
import { writeSprite } from './icons.mjs';

writeSprite('style/icons.txt', 'public/icons.svg');
