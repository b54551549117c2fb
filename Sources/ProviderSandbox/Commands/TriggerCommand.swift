internal import ArgumentParser
internal import StrictJSON
internal import TerminalOutput

struct TriggerCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Make a running sandbox send a delivery now.",
        discussion: """
            The delivery is sent to --to, else to the URL of its link, else to the registered one. It is signed, \
            retried and recorded like any other delivery.

            EXAMPLES
              callbox-sandbox trigger klavi.pf_checking_account --external traceId=1 --size 8MB
              callbox-sandbox trigger klavi.consent_authorised --reference 4437b139-8a16-11ee-b636-487b6bad036a
              callbox-sandbox trigger certn-centric.CASE_STATUS_CHANGED --count 100
              callbox-sandbox trigger certificall.certificate --reference case-001 --fault duplicate
              callbox-sandbox trigger ezid.redirect --to http://127.0.0.1:8787/ezid
            """)

    @Argument(help: ArgumentHelp("The provider and the type of the delivery.", valueName: "provider.type"))
    var what: String

    @OptionGroup var address: SandboxAddressOptions

    @Option(help: ArgumentHelp("A member of the externalInfo; can be repeated.", valueName: "key=value"))
    var external: [String] = []

    @Option(help: ArgumentHelp("The link, case, applicant or reportToken of the delivery.", valueName: "id"))
    var reference: String?

    @Option(help: ArgumentHelp("URL to deliver to.", valueName: "url"))
    var to: String?

    @Option(help: ArgumentHelp("The minimum size of a Klavi report, such as 8MB.", valueName: "size"))
    var size: String?

    @Option(help: "Number of deliveries.")
    var count = 1

    @Option(help: ArgumentHelp("The fault of the deliveries: \(Fault.spellings).", valueName: "fault"))
    var fault: [String] = []

    @Flag(help: "Wait until no delivery or retry is pending, show the attempts, and fail if a response is not 2xx.")
    var wait = false

    func validate() throws {
        for pair in external where pair.firstIndex(of: "=") ?? pair.startIndex == pair.startIndex {
            throw ValidationError("--external needs a key and a value, such as traceId=1.")
        }
        do {
            for step in [step] + faultSteps { _ = try Step(step) }
        } catch let failure as SandboxFailure {
            throw ValidationError(failure.message + ".")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let client = address.client
        let last = wait ? try await client.get("ledger").elements?.last?["number"]?.integer ?? 0 : 0
        for step in faultSteps + [step] { try await client.run(step) }
        guard wait else {
            try console.print("\(count) queued; 'callbox-sandbox ledger' shows the attempts")
            return .success
        }
        try await client.run(["idle": nil])
        let entries = try await client.get("ledger?after=\(last)").elements ?? []
        for line in DeliveryLedger.table(entries, console) { try console.print(line) }
        return entries.allSatisfy(DeliveryLedger.isDelivered) ? .success : .unexpected
    }

    private var faultSteps: [JSON] {
        fault.map { ["fault": "\($0)", "on": "\(what)", "count": .integer(count)] }
    }

    private var step: JSON {
        let info = external.reduce(JSON.object([])) { info, pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return info.setting(parts[0], .string(parts.last ?? ""))
        }
        let texts = [("reference", reference), ("to", to), ("size", size)]
        return texts.reduce(["trigger": "\(what)", "count": .integer(count), "external": info]) { step, text in
            text.1.map { step.setting(text.0, .string($0)) } ?? step
        }
    }
}

/// The address of the sandbox that a command controls.
struct SandboxAddressOptions: ParsableArguments {
    @Option(help: ArgumentHelp("URL of the sandbox.", valueName: "url"))
    var sandbox = ControlClient.defaultAddress

    var client: ControlClient { ControlClient(address: sandbox) }
}
