package import Deliveries
package import StrictJSON

/// The fields that reports with this externalInfo will have.
package enum ExternalInfoFields {
    package static func leaves(of value: JSONValue) -> [ReportField] {
        var collector = FieldCollector()
        collector.addExternalInfo(value)
        return collector.fields
    }
}
