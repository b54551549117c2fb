/// Limits on what is indexed of one delivery. A sender chooses how many reports and values a body has; memory depends on
/// these numbers instead. No honest delivery known comes near them.
struct DeliveryLimits {
    var reportCount = 10_000
    /// Fields of one report.
    var reportFieldCount = 256
    /// Fields of all reports.
    var fieldCount = 50_000
    /// Bytes of the fields' names and values and of the externalInfos kept beside the reports.
    var byteCount = 8 * 1024 * 1024
    /// Bytes of one name or value; a longer one is found by searches over bodies.
    var valueByteCount = 1024
    /// Bytes of an externalInfo kept beside its report; a longer one is read from the body.
    var externalInfoByteCount = 64 * 1024
    /// Bytes of names and values compared with those known, repeats included: a leaf of two bytes may have a path of a
    /// kilobyte.
    var comparedByteCount = 64 * 1024 * 1024
}

/// How much of one delivery can still be indexed, shared by its reports.
///
/// Each report keeps a share for its identifiers, which come first, whatever the reports before it used:
/// ```
/// left for report 3 of 6 = left in the delivery - 3 x share        share = limit / 6, and no more than a report may have
/// ```
final class DeliveryBudget {
    let limits: DeliveryLimits
    let reportCount: Int
    private(set) var fieldCount: Int
    private(set) var byteCount: Int
    private(set) var comparedByteCount: Int
    private var unreadReportCount: Int

    /// - Parameter reportCount: the reports that will be read.
    init(reportCount: Int = 1, limits: DeliveryLimits = DeliveryLimits()) {
        self.limits = limits
        self.reportCount = max(1, min(reportCount, limits.reportCount))
        self.fieldCount = limits.fieldCount
        self.byteCount = limits.byteCount
        self.comparedByteCount = limits.comparedByteCount
        self.unreadReportCount = self.reportCount
    }

    /// The fields and bytes that the next report must leave to those after it.
    func beginReport() -> (reservedFieldCount: Int, reservedByteCount: Int) {
        unreadReportCount = max(0, unreadReportCount - 1)
        let fieldShare = min(limits.reportFieldCount, limits.fieldCount / reportCount)
        let byteShare = min(limits.externalInfoByteCount, limits.byteCount / reportCount)
        return (fieldShare * unreadReportCount, byteShare * unreadReportCount)
    }

    func spend(fieldCount: Int = 0, byteCount: Int) {
        self.fieldCount -= fieldCount
        self.byteCount -= byteCount
    }

    /// False once the bytes compared are used up.
    func compare(byteCount: Int) -> Bool {
        comparedByteCount -= min(byteCount, comparedByteCount)
        return comparedByteCount > 0
    }
}
