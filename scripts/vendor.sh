#!/bin/sh
# Copy the pinned front-end files (package.json) into labsite/static/vendor.
set -eu
cd "$(dirname "$0")/.."

npm ci --ignore-scripts --no-audit --no-fund
to=labsite/static/vendor
rm -rf "$to"
mkdir -p "$to/tabler" "$to/icons" "$to/htmx" "$to/plotly" "$to/tom-select"

# A source map that is not copied would stop the hashed static files: drop the reference.
copy() { sed -e 's|/\*# sourceMappingURL=.*\*/||' -e 's|^//# sourceMappingURL=.*$||' "node_modules/$1" > "$2"; }

copy @tabler/core/dist/css/tabler.min.css "$to/tabler/tabler.min.css"
copy @tabler/core/dist/js/tabler.min.js "$to/tabler/tabler.min.js"
cp scripts/licences/tabler.txt "$to/tabler/LICENSE"  # the package carries none
copy htmx.org/dist/htmx.min.js "$to/htmx/htmx.min.js"
cp node_modules/htmx.org/LICENSE "$to/htmx/LICENSE"
copy plotly.js-cartesian-dist-min/plotly-cartesian.min.js "$to/plotly/plotly-cartesian.min.js"
cp node_modules/plotly.js-cartesian-dist-min/LICENSE "$to/plotly/LICENSE"

copy tom-select/dist/js/tom-select.base.min.js "$to/tom-select/tom-select.min.js"
copy tom-select/dist/css/tom-select.bootstrap5.min.css "$to/tom-select/tom-select.min.css"
cp node_modules/tom-select/LICENSE "$to/tom-select/LICENSE"

# One sprite of the icons named in scripts/icons.txt, drawn by {% icon "name" %}.
{
    echo '<svg xmlns="http://www.w3.org/2000/svg">'
    while read -r name; do
        echo "<symbol id=\"$name\" viewBox=\"0 0 24 24\">"
        grep '^  <' "node_modules/@tabler/icons/icons/outline/$name.svg" | grep -v 'M0 0h24v24H0z'
        echo '</symbol>'
    done < scripts/icons.txt
    echo '</svg>'
} > "$to/icons/sprite.svg"
cp node_modules/@tabler/icons/LICENSE "$to/icons/LICENSE"
