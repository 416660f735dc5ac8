#!/bin/sh
# Installs what lies beside this file for one user, without root: install.sh [--prefix DIR], ~/.local if not given.
# To remove it again: DIR/lib/handtint/uninstall.sh. Photos, models and settings are not touched by either.
set -eu
unset CDPATH
cd "$(dirname "$0")"
prefix=${HOME:?}/.local
case ${1:-} in
    '') ;;
    --prefix)
        [ -n "${2:-}" ] || { echo 'Name the folder: --prefix DIR' >&2; exit 2; }
        mkdir -p "$2" && prefix=$(cd "$2" && pwd)
        ;;
    *) echo "Usage: $0 [--prefix DIR]" >&2; exit 2 ;;
esac
lib=$prefix/lib/handtint
if [ -e "$lib" ] && ! [ -e "$lib/uninstall.sh" ]; then
    echo "\"$lib\" is there already and is no Handtint of this kind; it was left as it is. Choose another --prefix." >&2
    exit 1
fi

# The new one is whole before the old one goes.
mkdir -p "$prefix/lib" "$prefix/bin"
rm -rf "$lib.new"
cp -R handtint "$lib.new"
cat >"$lib.new/uninstall.sh" <<END
#!/bin/sh
# Removes Handtint from "$prefix". Photos, models and settings stay.
set -eu
cd /
while read -r path; do
    rm -f "$prefix/\$path"
done <<LIST
bin/handtint
$(cd share && find . -type f | sed 's|^\./|share/|')
LIST
rm -rf "$lib"
if ! ls "$prefix/share/applications/"*.desktop >/dev/null 2>&1; then
    rm -f "$prefix/share/applications/mimeinfo.cache"
elif command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q "$prefix/share/applications"
fi
for folder in $(cd share && find . -mindepth 1 -depth -type d | sed 's|^\./|share/|' | tr '\n' ' ') share lib bin; do
    rmdir "$prefix/\$folder" 2>/dev/null || true
done
echo "Handtint is removed. Your photos, models and settings are where they were."
END
chmod 755 "$lib.new/uninstall.sh"
if [ -e "$lib" ]; then mv "$lib" "$lib.old"; fi
mv "$lib.new" "$lib"
rm -rf "$lib.old"
ln -sf ../lib/handtint/handtint "$prefix/bin/handtint"
(cd share && find . -type f) | while read -r path; do
    mkdir -p "$prefix/share/$(dirname "$path")"
    cp "share/$path" "$prefix/share/$path"
done
sed "s|@LIB@|$lib|" share/applications/handtint.desktop >"$prefix/share/applications/handtint.desktop"
command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database -q "$prefix/share/applications" || true
echo "Handtint is installed in \"$lib\". Start it from the menu, or as \"$prefix/bin/handtint\"."
echo "To remove it: \"$lib/uninstall.sh\""
