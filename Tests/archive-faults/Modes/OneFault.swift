import Journal
import TestKit

/// A run of a workload in a new folder with faults at one operation, and its results.
struct OneFault {
    let tally: FaultInjector.Tally
    let ledger: Ledger
    /// The recorded disk events; empty if recording was not requested.
    let recording: [DiskEvent]
    let violations: [String]

    init(_ plan: FaultPlan, _ workload: Workload, records: Bool = false) throws {
        let folder = try TemporaryFolder()
        let directory = ArchiveDirectory(path: folder.path)
        let ledger = Ledger()
        if records { DiskRecorder.shared.start() }
        FaultInjector.shared.arm(plan)
        workload.run(directory, ledger)
        tally = FaultInjector.shared.disarm()
        recording = records ? DiskRecorder.shared.stop() : []
        self.ledger = ledger
        let examined = Examination(workload: workload).violations(at: directory, durable: ledger.durable)
        violations = ledger.violations + examined
        withExtendedLifetime(folder) {}
    }
}
