// A list that is told anew as a whole.

/** Items that stay are left where they are: what is unfolded in one, or has the focus, stays so. */
export function showItems(listing, told, newItem) {
  const keys = told.map((one) => JSON.stringify(one));
  [...listing.children].filter((item) => !keys.includes(item.told)).forEach((item) => item.remove());
  told.forEach((one, place) => {
    const before = listing.children[place] ?? null;
    if (before?.told !== keys[place]) {
      listing.insertBefore(Object.assign(newItem(one), { told: keys[place] }), before);
    }
  });
}
