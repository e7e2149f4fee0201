// Plays a scanpath in real time: a second of gaze takes a second.

import { clamp } from "./clamp.js";

export class Playback {
  /** `onTime(seconds, playing)` is called whenever the time or the state changes. */
  constructor(onTime) {
    this.onTime = onTime;
    this.total = 0;
    this.time = 0;
    this.playing = false;
  }

  setTotal(total) {
    this.pause();
    this.total = total;
    this.seek(total);
  }

  toggle() {
    if (this.playing) {
      this.pause();
    } else {
      this.play();
    }
  }

  play() {
    if (this.total <= 0) {
      return;
    }
    if (this.time >= this.total) {
      this.time = 0;
    }
    this.playing = true;
    this.startedAt = performance.now() - this.time * 1000;
    this.frame = requestAnimationFrame(() => this.step());
    this.onTime(this.time, true);
  }

  pause() {
    cancelAnimationFrame(this.frame);
    if (this.playing) {
      this.playing = false;
      this.onTime(this.time, false);
    }
  }

  seek(time) {
    this.time = clamp(time, 0, this.total);
    this.startedAt = performance.now() - this.time * 1000;
    this.onTime(this.time, this.playing);
  }

  step() {
    this.time = Math.min(this.total, (performance.now() - this.startedAt) / 1000);
    if (this.time >= this.total) {
      this.playing = false;
    } else {
      this.frame = requestAnimationFrame(() => this.step());
    }
    this.onTime(this.time, this.playing);
  }
}
