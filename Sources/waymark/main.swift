import Commands

await Waymark.start()
