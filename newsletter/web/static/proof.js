// Solves Altcha's sum, version 2 with SHA-256: find the counter whose hash begins with `keyPrefix`.
// In plain arithmetic: SubtleCrypto is missing on pages without https, and slower for so many short texts.
function solve(challenge) {
  const { salt, nonce, cost, keyPrefix } = challenge.parameters;
  const words = (hex) => hex.match(/.{8}/g).map((eight) => parseInt(eight, 16));
  const hex = (numbers) => Array.from(numbers, (each) => (each >>> 0).toString(16).padStart(8, "0")).join("");

  // FIPS 180-4: the constants are the first 32 bits behind the point of the primes' roots.
  const fraction = (root) => (root % 1) * 2 ** 32 | 0;
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  const rounds = primes.map((prime) => fraction(Math.cbrt(prime)));
  const start = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const w = new Int32Array(64);

  // The hash of at most 13 words of 32 bits, which fit in one block with their length.
  function sha256(message) {
    w.fill(0).set(message);
    w[message.length] = 0x80000000;
    w[15] = 32 * message.length;
    let [a, b, c, d, e, f, g, h] = start;
    for (let t = 0; t < 64; t++) {
      if (t > 15) {
        const x = w[t - 15], y = w[t - 2];
        w[t] = w[t - 16] + w[t - 7]
          + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
          + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
      }
      const one = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + rounds[t] + w[t] | 0;
      const two = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c);
      h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
    }
    return [a, b, c, d, e, f, g, h].map((each, at) => each + start[at] | 0);
  }

  const before = [...words(salt), ...words(nonce)];
  const looked = Math.min(keyPrefix.length, 8);
  const wanted = parseInt(keyPrefix.slice(0, looked), 16);
  function key(counter) {
    let found = sha256([...before, counter]);
    for (let again = 1; again < cost; again++) found = sha256(found);
    return found[0] >>> 32 - 4 * looked === wanted && hex(found).startsWith(keyPrefix) ? hex(found) : "";
  }

  // A slice at a time, so that the page stays alive.
  return new Promise((done) => {
    (function slice(counter) {
      for (const end = counter + 4000; counter < end; counter++) {
        const derivedKey = key(counter);
        if (derivedKey) return done(btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } })));
      }
      setTimeout(slice, 0, counter);
    })(0);
  });
}
