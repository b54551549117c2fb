import ProviderSandbox

await SandboxCommand.main()
