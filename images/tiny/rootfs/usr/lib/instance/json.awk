# Prints the strings, numbers and booleans of a JSON document whose path matches a regular expression, one a line:
#   awk -v want='^public_keys/' -f json.awk meta_data.json
# Paths are names joined by "/", and array positions from 0. Fails when the text is not JSON.

{ text = text $0 "\n" }

END {
  value("")
  blank()
  if (bad || text != "") exit 1
}

function blank() { sub(/^[ \t\r\n]+/, "", text) }

# Takes one character off the text when it is the one asked for.
function took(c) {
  blank()
  if (substr(text, 1, 1) != c) return 0
  text = substr(text, 2)
  return 1
}

function expect(c) { if (!took(c)) bad = 1 }

function value(path,   name, i) {
  if (bad) return
  blank()
  if (took("{")) {
    if (took("}")) return
    do {
      blank()
      name = string()
      expect(":")
      value(path == "" ? name : path "/" name)
    } while (!bad && took(","))
    expect("}")
  } else if (took("[")) {
    if (took("]")) return
    i = 0
    do value(path == "" ? i++ : path "/" i++); while (!bad && took(","))
    expect("]")
  } else if (substr(text, 1, 1) == "\"") {
    name = string()
    if (path ~ want) print name
  } else if (match(text, /^[-+.0-9a-zA-Z]+/)) {
    name = substr(text, 1, RLENGTH)
    text = substr(text, RLENGTH + 1)
    if (name != "null" && path ~ want) print name
  } else bad = 1
}

function string(   s) {
  if (!match(text, /^"([^"\\]|\\.)*"/)) { bad = 1; return "" }
  s = substr(text, 2, RLENGTH - 2)
  text = substr(text, RLENGTH + 1)
  return index(s, "\\") ? unescape(s) : s
}

function unescape(s,   out, at, c) {
  while ((at = index(s, "\\")) > 0) {
    out = out substr(s, 1, at - 1)
    c = substr(s, at + 1, 1)
    s = substr(s, at + 2)
    if (c == "n") out = out "\n"
    else if (c == "t") out = out "\t"
    else if (c == "r") out = out "\r"
    else if (c == "b" || c == "f") out = out " "
    else if (c == "u") { out = out utf8(hex(substr(s, 1, 4))); s = substr(s, 5) }
    else out = out c
  }
  return out s
}

function hex(digits,   n, i) {
  n = 0
  for (i = 1; i <= length(digits); i++) n = n * 16 + index("0123456789abcdef", tolower(substr(digits, i, 1))) - 1
  return n
}

# A character beyond the first 65536 comes as two halves; the first waits in `high`.
function utf8(n) {
  if (n >= 55296 && n < 56320) { high = n; return "" }
  if (n >= 56320 && n < 57344) n = 65536 + (high - 55296) * 1024 + n - 56320
  if (n < 128) return sprintf("%c", n)
  if (n < 2048) return sprintf("%c%c", 192 + int(n / 64), 128 + n % 64)
  if (n < 65536) return sprintf("%c%c%c", 224 + int(n / 4096), 128 + int(n / 64) % 64, 128 + n % 64)
  return sprintf("%c%c%c%c", 240 + int(n / 262144), 128 + int(n / 4096) % 64, 128 + int(n / 64) % 64, 128 + n % 64)
}
