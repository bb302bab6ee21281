package dev.halo.messaging;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;

/** A producer whose acknowledgements reach the sender only when the test lets them. */
final class HeldProducer {

    private final List<Callback> held = new CopyOnWriteArrayList<>();
    private final Producer<String, byte[]> producer;

    @SuppressWarnings("unchecked")
    HeldProducer(Producer<String, byte[]> real) {
        this.producer = (Producer<String, byte[]>) Proxy.newProxyInstance(
                HeldProducer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("send") && arguments.length == 2) {
                        Callback callback = (Callback) arguments[1];
                        arguments[1] = (Callback) (metadata, failure) -> held.add(callback);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    Producer<String, byte[]> producer() {
        return producer;
    }

    /** How many acknowledgements have come and are held back. */
    int held() {
        return held.size();
    }

    /** @param failure null: Kafka has the record */
    void release(Exception failure) {
        held.forEach(callback -> callback.onCompletion(null, failure));
        held.clear();
    }
}
