// What `cargo leptos watch` serves and does not make: the icons, among the files it copies, and the fonts, in the one
// folder of the site that it leaves alone. build-site.sh makes its own of both.
import { copyFonts } from './fonts.mjs';
import { writeSprite } from './icons.mjs';

writeSprite('style/icons.txt', 'public/icons.svg');
copyFonts('target/site/pkg/fonts');
