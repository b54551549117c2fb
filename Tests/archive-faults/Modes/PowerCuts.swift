import Deliveries
import Journal
import TestKit

/// Simulates power cuts at events of a recording, and opens the archives that could be on the disk afterwards.
struct PowerCuts {
    let workload: Workload
    let recording: [DiskEvent]
    /// The acknowledged positions, by the number of a delivery or record.
    let durable: [Int: DeliveryID]
    var failedSync = SimulatedDisk.FailedSync.keeps

    /// Examines the archive after a cut at each of these events, with each kind of survival.
    ///
    /// - Parameters:
    ///   - places: the number of events before each cut.
    ///   - note: called after each restart with the violations and the number of events.
    func run(
        at places: Set<Int>, _ survivals: [SimulatedDisk.Survival] = SimulatedDisk.Survival.allCases,
        using generator: inout some RandomNumberGenerator, note: ([String], String) -> Void
    ) throws {
        var disk = SimulatedDisk(failedSync: failedSync)
        var acknowledged: [Int: DeliveryID] = [:]
        for place in 0...recording.count {
            if places.contains(place) {
                for survival in survivals {
                    let text = "power cut after event \(place) of \(recording.count), \(survival) survives"
                    Watchdog.shared.beat(text)
                    let folder = try TemporaryFolder()
                    try disk.restore(into: folder.path, survival, using: &generator)
                    let directory = ArchiveDirectory(path: folder.path)
                    let examination = Examination(workload: workload)
                    note(examination.violations(at: directory, durable: acknowledged), text)
                    withExtendedLifetime(folder) {}
                }
            }
            guard place < recording.count else { return }
            disk.follow(recording[place])
            if case .acknowledge(let delivery) = recording[place] { acknowledged[delivery] = durable[delivery] }
        }
    }
}
