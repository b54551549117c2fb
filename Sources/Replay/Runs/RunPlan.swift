package import Deliveries

/// The plan of a run: the deliveries, the target and the settings. It is stored until the run has ended.
package struct RunPlan: Sendable, Equatable {
    package let settings: ReplaySettings
    /// The deliveries in the order of arrival.
    package let deliveries: [DeliveryID]
    /// The arrival times in milliseconds; empty unless the plan has a `speed`.
    package let arrivals: [Int64]
    /// A case number for each delivery; deliveries of the same link, case or person have the same number. Empty unless
    /// the run is ordered by case.
    package let cases: [Int]
    /// The run that sends the same deliveries to `settings.comparedURL`; nil until that run is started.
    package var comparison: Int64?

    package init(_ settings: ReplaySettings, deliveries: [DeliveryID], arrivals: [Int64] = [], cases: [Int] = []) {
        self.settings = settings
        self.deliveries = deliveries
        self.arrivals = arrivals
        self.cases = cases
    }

    /// The number of items: deliveries times repetitions.
    package var itemCount: Int {
        let (count, overflow) = deliveries.count.multipliedReportingOverflow(by: settings.repetitionCount)
        return overflow ? .max : count
    }

    /// The same plan for the second target of a comparison.
    package func compared(to url: String) -> RunPlan {
        var settings = settings
        settings.url = url
        settings.comparedURL = nil
        return RunPlan(settings, deliveries: deliveries, arrivals: arrivals, cases: cases)
    }
}

extension RunPlan: Codable {
    private enum CodingKeys: String, CodingKey {
        case settings, deliveries, arrivals, cases, comparison
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(settings, forKey: .settings)
        try container.encode(NumberText.encode(deliveries.lazy.map(\.rawValue)), forKey: .deliveries)
        try container.encode(NumberText.encode(arrivals), forKey: .arrivals)
        try container.encode(NumberText.encode(cases.lazy.map(Int64.init)), forKey: .cases)
        try container.encodeIfPresent(comparison, forKey: .comparison)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func numbers(_ key: CodingKeys) throws -> [Int64] {
            guard let numbers = NumberText.decode(try container.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "not numbers")
            }
            return numbers
        }
        self.init(
            try container.decode(ReplaySettings.self, forKey: .settings),
            deliveries: try numbers(.deliveries).map(DeliveryID.init(rawValue:)), arrivals: try numbers(.arrivals),
            cases: try numbers(.cases).map { Int(clamping: $0) })
        comparison = try container.decodeIfPresent(Int64.self, forKey: .comparison)
    }
}

/// Encodes numbers as differences. A plan may have a million numbers; a JSON array of them would take a hundred times
/// the memory.
enum NumberText {
    static func encode(_ numbers: some Collection<Int64>) -> String {
        var last: Int64 = 0
        var text = ""
        for number in numbers {
            if !text.isEmpty { text += "," }
            text += String(number &- last)
            last = number
        }
        return text
    }

    /// Nil if the text does not have the form of `encode`.
    static func decode(_ text: String) -> [Int64]? {
        var last: Int64 = 0
        var numbers: [Int64] = []
        for part in text.utf8.split(separator: UInt8(ascii: ",")) {
            guard let difference = Int64(Substring(part)) else { return nil }
            last = last &+ difference
            numbers.append(last)
        }
        return numbers
    }
}

/// The items of a plan in the order of sending.
struct RunSchedule {
    private let plan: RunPlan
    private let order: [Int]
    private let firstArrival: Int64
    private let span: Int64

    init(_ plan: RunPlan) {
        self.plan = plan
        order = plan.settings.faults.order(count: plan.deliveries.count)
        firstArrival = plan.arrivals.min() ?? 0
        let (span, overflow) = (plan.arrivals.max() ?? 0).subtractingReportingOverflow(firstArrival)
        self.span = overflow ? .max : span
    }

    func delivery(_ item: Int) -> DeliveryID { plan.deliveries[place(item)] }

    /// The lane of an item; nil if the run has no lanes. The items of a lane are sent one after another.
    func lane(_ item: Int) -> Int? { plan.cases.isEmpty ? nil : plan.cases[place(item)] }

    /// The time from the first item to this item; nil if this item may be sent at once.
    func offset(_ item: Int) -> Duration? {
        guard let speed = plan.settings.speed, !plan.arrivals.isEmpty else { return nil }
        let arrival = plan.arrivals[item % plan.deliveries.count]
        let repetition = Double(item / plan.deliveries.count)
        let milliseconds = (Double(arrival) - Double(firstArrival) + repetition * Double(span)) / speed
        // Limits the wait to a century.
        return .milliseconds(Int64(min(max(milliseconds, 0), 3.2e12)))
    }

    private func place(_ item: Int) -> Int { order[item % plan.deliveries.count] }
}

/// A queue of items. Returns the items of a lane one after another, and all other items in order.
struct ItemQueue {
    private let schedule: RunSchedule
    private let count: Int
    private let ended: Set<Int>
    private var next = 0
    /// The items that may start because their lane became free. They are returned before the items from `next`.
    private var ready: [Int] = []
    private var waiting: [Int: ArraySlice<Int>] = [:]
    private var busy: Set<Int> = []

    init(_ schedule: RunSchedule, count: Int, without ended: Set<Int>) {
        self.schedule = schedule
        self.count = count
        self.ended = ended
    }

    /// The next item that may start; nil if no item may start now.
    mutating func pop() -> Int? {
        if let item = ready.popLast() { return item }
        while next < count {
            let item = next
            next += 1
            guard !ended.contains(item) else { continue }
            guard let lane = schedule.lane(item) else { return item }
            guard busy.contains(lane) else {
                busy.insert(lane)
                return item
            }
            waiting[lane, default: []].append(item)
        }
        return nil
    }

    /// Frees the lane of an item, so the next item of the lane may start.
    mutating func finish(_ item: Int) {
        guard let lane = schedule.lane(item) else { return }
        if let following = waiting[lane]?.popFirst() {
            ready.append(following)
            if waiting[lane]?.isEmpty == true { waiting[lane] = nil }
        } else {
            busy.remove(lane)
        }
    }

    /// The number of items that have not been returned yet.
    var leftCount: Int {
        ready.count + waiting.values.reduce(0) { $0 + $1.count }
            + (count - next) - ended.count { (next..<max(next, count)).contains($0) }
    }
}
