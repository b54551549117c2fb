import CallboxCommands

await CallboxCommand.runProcess()
