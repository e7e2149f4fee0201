export function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
