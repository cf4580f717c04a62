/* The reference: what the C library itself needs for batches of records as the engine sends them. One thread sends and,
 * every 1000 sends, takes the reports; the records are always the same, and nothing else is done.
 *
 * producer BROKERS TOPIC RECORDS BATCHES WARM-UPS RECORDS-IN-WARM-UP VALUE-BYTES ID-BYTES BRAND-BYTES
 * prints what it measured as JSON.
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static long reported, failed;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
    (void)rk, (void)opaque;
    reported++;
    failed += message->err != 0;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char error[256];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) {
        fprintf(stderr, "%s\n", error);
        exit(1);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static struct rusage usage(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u;
}

static double cpu(void) {
    struct rusage u = usage();
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double batch(rd_kafka_t *rk, rd_kafka_vu_t *parts, size_t count, long records) {
    double started = now();
    reported = 0;
    for (long sent = 0; sent < records;) {
        rd_kafka_error_t *error = rd_kafka_produceva(rk, parts, count);
        if (!error)
            sent++;
        else if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            failed++, sent++, reported++;
        if (error || sent % 1000 == 0)
            rd_kafka_poll(rk, error ? 20 : 0);
        if (error)
            rd_kafka_error_destroy(error);
    }
    while (reported < records)
        rd_kafka_poll(rk, 20);
    return now() - started;
}

int main(int argc, char **argv) {
    if (argc != 10)
        return 2;
    long records = atol(argv[3]), batches = atol(argv[4]), warm_ups = atol(argv[5]), warming = atol(argv[6]);
    size_t value = atol(argv[7]), id = atol(argv[8]), brand = atol(argv[9]);
    char error[256], bytes[4096];
    memset(bytes, '7', sizeof bytes);

    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", argv[1]);
    set(conf, "acks", "all");
    set(conf, "enable.idempotence", "true");
    set(conf, "linger.ms", "5");
    set(conf, "queue.buffering.max.messages", "50000");
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!rk || value > sizeof bytes || id > sizeof bytes || brand > sizeof bytes)
        return 1;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, argv[2], NULL);
    rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = (int64_t)time(NULL) * 1000},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {bytes, value}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"content-type", "application/x-protobuf", 22}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"shoe-id", bytes, id}},
        {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"shoe-brand", bytes, brand}},
    };
    size_t count = sizeof parts / sizeof *parts;

    for (long i = 0; i < warm_ups; i++)
        batch(rk, parts, count, warming);
    double used = cpu();
    printf("{\"Seconds\":[");
    for (long i = 0; i < batches; i++)
        printf("%s%.6f", i ? "," : "", batch(rk, parts, count, records));
    used = cpu() - used;
    printf("],\"CpuSeconds\":%.6f,\"AllocatedBytes\":0,\"PeakBytes\":%ld,\"PauseMilliseconds\":0}\n", used, usage().ru_maxrss * 1024L);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(rk);
    return failed != 0;
}
